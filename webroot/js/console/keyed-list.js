/** Lists whose elements stay the same while their items do. */

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
