// A dialog with a title, a body and buttons; gone from the page once it is closed.
const open_dialog = (title, body, buttons = []) => {
  const before = document.activeElement, heading = el('h2', { id: 'dialog-title' }, title);
  const close = () => dialog.close();
  const form = el('form', { method: 'dialog' }, heading, body, el('p', { class: 'buttons' }, ...buttons, button(buttons.length ? 'Cancel' : 'Close', { onclick: close })));
  const dialog = el('dialog', { 'aria-labelledby': 'dialog-title' }, form);
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (before?.isConnected) before.focus();
  });
  dialog.addEventListener('click', (event) => event.target === dialog && close());  // the backdrop
  document.body.append(dialog);
  dialog.showModal();
  return { dialog, form, close };
};
