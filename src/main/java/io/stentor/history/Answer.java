package io.stentor.history;

/**
 * What an appender was answered, kept in case that it asks again.
 *
 * @param number of the batch
 * @param count of the publications in it
 */
record Answer(long number, int count, Appended appended) {

  /** Offset of the last publication in the log right after the batch was appended. */
  long end() {
    return appended.first() + count - appended.known().size() - appended.tooLarge().size() - 1;
  }
}
