/** Finds and creates elements. Texts are always set as text, never as markup. */

export function byId(id) {
  return document.getElementById(id);
}

/** Calls a function when a form is submitted, which is not sent. */
export function onSubmit(form, action) {
  byId(form).addEventListener("submit", (event) => {
    event.preventDefault();
    action();
  });
}

/** Creates an element with properties and children, which are elements or texts. */
export function element(tag, properties = {}, ...children) {
  const created = Object.assign(document.createElement(tag), properties);
  created.append(...children);
  return created;
}

/** Sets the text of an element, if it is another one. */
export function setText(target, text) {
  if (target.textContent !== text) {
    target.textContent = text;
  }
}
