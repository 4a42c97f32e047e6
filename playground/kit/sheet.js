// A dialog that shows a text to be copied or saved.
import { button } from './form.js';

function save(name, text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

async function copy(text, code) {
  try {
    await navigator.clipboard.writeText(text);
    return 'Copied';
  } catch { // pages from a disk may not: the text is selected for the keyboard
    getSelection().selectAllChildren(code);
    return 'Selected: press Ctrl+C';
  }
}

// `files`: [{name, text}]; the first one is shown.
export function showSheet(dialog, { title, how, files }) {
  const [first] = files;
  const code = dialog.querySelector('code');
  dialog.querySelector('h2').textContent = title;
  dialog.querySelector('.how').textContent = how;
  code.textContent = first.text;
  const copies = button('Copy', async () => {
    copies.textContent = await copy(first.text, code);
  });
  dialog.querySelector('.actions').replaceChildren(
    copies,
    ...files.map((file) => button(`Save ${file.name}`, () => save(file.name, file.text))),
    button('Close', () => dialog.close()));
  dialog.showModal();
}
