// Puts a text into an element. One that has it already is left alone, so that readers of screens hear of changes only.
export function say(id, text) {
  const at = document.getElementById(id);
  if (at.textContent !== text) at.textContent = text;
}
