#!/bin/sh
# The site of the documentation (make docs): it is built, its links hold, no page asks for anything outside of it, its search knows
# words of the pages, and its reference has the C functions with what the headers say. The look for faults finds planted ones.
# 77: mkdocs, its theme or doxygen is not there.
set -u
for need in mkdocs doxygen python3; do
    command -v $need >/dev/null || { echo "build/site: skipped: $need is not there (tools/install-deps.sh --docs)"; exit 77; }
done
mkdocs build --help | grep -q 'theme.*material' || { echo "build/site: skipped: mkdocs-material is not there (tools/install-deps.sh --docs)"; exit 77; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

python3 tools/docs.py "$work/site" >"$work/said" 2>&1 || { fail "tools/docs.py: $(cat "$work/said")"; exit 1; }
version=$(sed -n 's/^docs: .*\/\([^/]*\)\/index.html$/\1/p' "$work/said")
site=$work/site/$version
python3 tests/build/site_links.py "$work/site" >"$work/said" || fail "$(head -20 "$work/said")"

# every page of docs/ is there, and in the list of the first one
for page in docs/*.md; do
    name=$(basename "$page" .md)
    [ "$name" = README ] && continue
    [ -s "$site/docs/$name.html" ] || fail "$page is no page of the site"
    grep -q "href=\"docs/$name.html\"" "$site/index.html" || fail "the site's list of pages lacks $page: tools/site/mkdocs.yml"
done
grep -q 'Mittag-Leffler' "$site/search/search_index.json" || fail "the search does not know Mittag-Leffler"
# each public function, with a comment where the header has one
cat include/fsnn/*.h | sed -n 's/^FSNN_API .*[ *]\(fsnn_[a-z0-9_]*\)(.*/\1/p' | sort -u >"$work/functions"
cat "$site"/api/*_8h.html >"$work/reference"
[ "$(wc -l <"$work/functions")" -gt 100 ] || fail "the headers have $(wc -l <"$work/functions") functions"
grep -o 'fsnn_[a-z0-9_]*' "$work/reference" | sort -u >"$work/there"
comm -23 "$work/functions" "$work/there" >"$work/lacks"
[ ! -s "$work/lacks" ] || fail "the reference lacks $(head -5 "$work/lacks" | tr '\n' ' ')"
for sentence in 'Library version, "major.minor.patch"' 'a network: a static graph of nodes'; do
    grep -q "$sentence" "$work/reference" || fail "the reference does not say: $sentence"
done

grep -q '</a>FSNN_ESHAPE' "$site/api/status_8h.html" || fail "the reference has no statuses"
grep -q 'href="globals_func.html"' "$site/api/index.html" || fail "the reference begins with nothing"

# another version stands beside it, and the page above leads to the newer one
python3 tools/docs.py "$work/site" 99.10 >"$work/said" 2>&1 || fail "a second version: $(cat "$work/said")"
grep -q 'url=99.10/index.html' "$work/site/index.html" || fail "the page above does not lead to the newest version"
grep -q "href=\"$version/index.html\"" "$work/site/index.html" || fail "the page above forgot version $version"

# planted faults
planted()
{
    rm -rf "$work/bad" && mkdir "$work/bad"
    echo "<html><head><style>$3</style></head><body id=\"here\"><a href=\"#here\">x</a>$2</body></html>" >"$work/bad/index.html"
    python3 tests/build/site_links.py "$work/bad" >"$work/said" && fail "not seen: $1: $2$3"
    grep -q "$1" "$work/said" || fail "not said: $1: $(cat "$work/said")"
}
planted 'leads nowhere' '<a href="other.html">x</a>' ''
planted 'no such place' '<a href="#there">x</a>' ''
planted 'out of the site' '<a href="../a.html">x</a>' ''
planted 'asks for //cdn' '<script src="//cdn.example/a.js"></script>' ''
planted 'asks for https' '<link rel="stylesheet" href="https://fonts.example/css">' ''
planted 'asks for https' '<img srcset="https://a.example/a.png 2x">' ''
planted 'asks for https' '' '@font-face { src: url("https://fonts.example/a.woff2") }'
planted 'asks for https' '<p style="background: url(https://a.example/b.png)">x</p>' ''
planted 'mermaid' '<pre class="mermaid">a</pre>' ''
mkdir "$work/good" && echo '<html><body id="here"><a href="#here">x</a><a href="https://a.example">y</a></body></html>' >"$work/good/index.html"
python3 tests/build/site_links.py "$work/good" >"$work/said" || fail "a good page: $(cat "$work/said")"
mkdir "$work/empty" && python3 tests/build/site_links.py "$work/empty" >/dev/null && fail "a site without pages is good"
[ $failures -eq 0 ] && echo "the site holds together: $(python3 tests/build/site_links.py "$site" | tail -1)"
exit $((failures > 0))
