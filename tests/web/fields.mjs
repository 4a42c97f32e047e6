// Expressions that a page evaluates: what a user reads in it, and what one does to its fields.

export const text = (id) => `document.getElementById('${id}').textContent`;

export const click = (id) => `document.getElementById('${id}').click()`;

// Sets a field as a user's typing does.
export const put = (id, value) => `(() => { const field = document.getElementById('${id}'); field.value = ${JSON.stringify(value)};
  for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, { bubbles: true })); })()`;

// Scrolls to an element, and gives its box in the window.
export const box = (id) => `(() => { const at = document.getElementById('${id}'); at.scrollIntoView({ block: 'center' });
  const { left, top, width, height } = at.getBoundingClientRect(); return { left, top, width, height }; })()`;

// Fields, pictures and buttons that have neither a label nor a name.
export const nameless = `[...document.querySelectorAll('input, select, textarea, canvas, button')]
  .filter((one) => !one.labels?.length && !one.getAttribute('aria-label') && !one.textContent.trim()).map((one) => one.outerHTML)`;

// Pixels by which the page is wider than its window.
export const wide = 'document.documentElement.scrollWidth - innerWidth';
