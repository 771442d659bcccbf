package io.stentor.http.api;

import io.stentor.history.Page;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.TagFilter;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a page that a client gets.
 *
 * @param shown their indices in the page
 * @param last offset up to which the page was looked at; the client continues after it
 */
record Excerpt(Page page, BitSet shown, long last) {

  /**
   * Selects the first messages that match.
   *
   * @param filter null for all messages
   * @param limit maximum number of messages
   */
  static Excerpt first(Page page, @Nullable TagFilter filter, int limit) {
    BitSet shown = matching(page, filter);
    int index = -1;
    for (int i = 0; i < limit; i++) {
      int next = shown.nextSetBit(index + 1);
      if (next < 0) {
        return new Excerpt(page, shown, page.last());
      }
      index = next;
    }
    shown.clear(index + 1, Math.max(index + 1, shown.length()));
    return new Excerpt(page, shown, page.first() + index);
  }

  /**
   * Selects the newest messages that match.
   *
   * @param filter null for all messages
   * @param limit maximum number of messages
   */
  static Excerpt newest(Page page, @Nullable TagFilter filter, int limit) {
    BitSet shown = matching(page, filter);
    for (int extra = shown.cardinality() - limit; extra > 0; extra--) {
      shown.clear(shown.nextSetBit(0));
    }
    return new Excerpt(page, shown, page.last());
  }

  private static BitSet matching(Page page, @Nullable TagFilter filter) {
    BitSet matching = new BitSet();
    int index = 0;
    for (Publication publication : page.publications()) {
      matching.set(index++, filter == null || filter.matches(publication.attributes().tags()));
    }
    return matching;
  }

  boolean isEmpty() {
    return shown.isEmpty();
  }

  /** Returns the client's position after this excerpt. */
  Position position() {
    return new Position(page.epoch(), last);
  }

  /** Returns whether the log has messages that were not looked at. */
  boolean more() {
    return last < page.top();
  }
}
