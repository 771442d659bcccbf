package io.stentor.room;

import io.stentor.history.Page;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.TagFilter;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Searches a log backwards for the newest publication that a filter matches. Its steps follow each
 * other, on any threads.
 */
final class NewestMatch {

  /*
   * Reads sections of the log, each before the one that was read, and longer: most filters match
   * one of the newest publications. Without a filter the first read finds the publication. What is
   * removed from the log meanwhile is older than what remains.
   */

  private static final int GROWTH = 8;
  private static final int MAX_SECTION = 4096;
  private static final int MAX_BYTES = 64 * 1024;

  /** Reads the publications after a position; futures complete on any thread. */
  interface Reader {
    Future<Page> read(Position after, int maxMessages, int maxBytes);
  }

  private final Reader reader;
  private final @Nullable TagFilter filter;

  /** Everything between the publication and this position was searched. */
  private Position end;

  private @Nullable Publication found;
  private long foundOffset;

  private NewestMatch(Reader reader, @Nullable TagFilter filter, Position end) {
    this.reader = reader;
    this.filter = filter;
    this.end = end;
  }

  /**
   * Searches a log.
   *
   * @param filter null to match every publication
   * @param end the end of the log a moment ago
   * @return a page with the publication, or without any if none matches, that ends with the last
   *     publication that was searched
   */
  static Future<Page> find(Reader reader, @Nullable TagFilter filter, Position end) {
    Section newest = new Section(Math.max(0, end.offset() - 1), end.offset());
    return new NewestMatch(reader, filter, end).search(newest, newest.before);
  }

  /** The publications after an offset, up to another one. */
  private record Section(long before, long last) {
    Section previous() {
      long length = Math.min((last - before) * GROWTH, MAX_SECTION);
      return new Section(Math.max(0, before - length), before);
    }
  }

  /** Searches a section after an offset, and then those before it. */
  private Future<Page> search(Section section, long after) {
    return reader
        .read(new Position(end.epoch(), after), (int) (section.last - after), MAX_BYTES)
        .compose(
            page -> {
              if (!page.includes(end)) {
                return find(reader, filter, page.end()); // Another log has taken its place.
              }
              take(page);
              if (!page.publications().isEmpty() && page.last() < section.last) {
                return search(section, page.last());
              }
              if (found != null || section.before + 1 <= page.oldest()) {
                return Future.succeededFuture(result(page));
              }
              Section previous = section.previous();
              return search(previous, previous.before);
            });
  }

  private void take(Page page) {
    end = new Position(page.epoch(), Math.max(end.offset(), page.last()));
    long offset = page.first();
    for (Publication publication : page.publications()) {
      if (filter == null || filter.matches(publication.attributes().tags())) {
        found = publication;
        foundOffset = offset;
      }
      offset++;
    }
  }

  private Page result(Page page) {
    Publication newest = found;
    return newest == null
        ? new Page(page.branch(), page.oldest(), end.offset(), end.offset() + 1, List.of())
        : new Page(page.branch(), page.oldest(), end.offset(), foundOffset, List.of(newest));
  }
}
