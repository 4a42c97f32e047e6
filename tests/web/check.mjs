// Checks that count: a test says each that failed, and ends with how many.
let failures = 0;

export function check(good, what) {
  if (good) return;
  failures++;
  console.log(`FAILED: ${what}`);
}

export function same(found, wanted, what) {
  check(found === wanted, `${what}: ${JSON.stringify(found)}, expected ${JSON.stringify(wanted)}`);
}

export function ended() {
  process.exitCode = failures > 0 ? 1 : 0;
  return failures === 0;
}
