#!/bin/sh
# No number is computed in long double: on some platforms it is no wider than double, and results would depend on it.
# (Comments may name it; base/sentence.c only passes printf's %Lg on.)
found=$(grep -nE '\<long double\>|\<LDBL_|\<(pow|exp|expm1|log|log1p|sqrt|sin|cos|tan|sinh|cosh|tgamma|lgamma|fabs|fma|round|floor|ceil)l\(' \
    -r src cli bench include --include=*.c --include=*.h |
    grep -v -e '^src/base/sentence\.c:' -e ':[0-9]*: *[/ ]\*')
if [ -n "$found" ]; then
    echo "$found"
    echo "long double: double-double (src/frac/double_double.h) has more digits everywhere"
    exit 1
fi
echo "no long double"
