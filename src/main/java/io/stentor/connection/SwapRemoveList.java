package io.stentor.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A list from which an element is removed in constant time: the last element takes its place. While
 * it is iterated from the end, the element that was reached may be removed. Confined to one thread.
 */
public final class SwapRemoveList<E extends SwapRemoveList.Element> {

  /** An element of at most one list. */
  public interface Element {
    /** Returns where the element is. Always the same object. */
    Place place();
  }

  /** Where an element is. */
  public static class Place {
    /** Null while the element is in no list. */
    private @Nullable SwapRemoveList<?> list;

    private int index;
  }

  private final List<E> elements;

  /**
   * Creates an empty list.
   *
   * @param capacity expected number of elements
   */
  public SwapRemoveList(int capacity) {
    elements = new ArrayList<>(capacity);
  }

  /** Appends an element that is in no list. */
  public void add(E element) {
    Place place = element.place();
    place.list = this;
    place.index = elements.size();
    elements.add(element);
  }

  /**
   * Removes an element from its list.
   *
   * @return false if it is in none
   */
  public static boolean remove(Element element) {
    Place place = element.place();
    SwapRemoveList<?> list = place.list;
    if (list == null) {
      return false;
    }
    list.remove(place.index);
    place.list = null;
    return true;
  }

  private void remove(int index) {
    E last = elements.remove(elements.size() - 1);
    if (index < elements.size()) {
      elements.set(index, last);
      last.place().index = index;
    }
  }

  public E get(int index) {
    return elements.get(index);
  }

  public int size() {
    return elements.size();
  }

  public boolean isEmpty() {
    return elements.isEmpty();
  }

  /** Runs an action for every element. The list must not change meanwhile. */
  public void forEach(Consumer<? super E> action) {
    elements.forEach(action);
  }

  /** Returns a copy, so that elements may be removed during its iteration. */
  public List<E> copy() {
    return List.copyOf(elements);
  }
}
