/** Finds, creates and updates elements. Texts are always set as text, never as markup. */

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

/**
 * Makes the children of a list those of these keys, in this order. Children that stay remain the same elements.
 *
 * @param items a map from keys to the present items, each of which has an `element`; it is updated
 * @param create creates the item of a key
 */
export function updateList(list, keys, items, create) {
  for (const [key, item] of items) {
    if (!keys.includes(key)) {
      item.element.remove();
      items.delete(key);
    }
  }
  keys.forEach((key, i) => {
    if (!items.has(key)) {
      items.set(key, create(key));
    }
    const { element: child } = items.get(key);
    if (list.children[i] !== child) {
      list.insertBefore(child, list.children[i] ?? null);
    }
  });
}
