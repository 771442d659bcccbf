/** How the console makes and writes elements: always as text, never as markup. */

/** An element with properties and children, which are elements or texts. */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** Writes a text where another one stands. */
export function put(target, text) {
  if (target.textContent !== text) {
    target.textContent = text;
  }
}

/** Makes a list's children those of these keys, in their order; those that stay are the same elements. */
export function keyed(list, keys, made, make) {
  for (const [key, child] of made) {
    if (!keys.includes(key)) {
      child.element.remove();
      made.delete(key);
    }
  }
  keys.forEach((key, i) => {
    if (!made.has(key)) {
      made.set(key, make(key));
    }
    const { element: child } = made.get(key);
    if (list.children[i] !== child) {
      list.insertBefore(child, list.children[i] ?? null);
    }
  });
}
