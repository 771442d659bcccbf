package io.stentor.history;

/**
 * The result of an append, remembered in case the appender retries.
 *
 * @param number the batch number
 * @param count number of publications in the batch
 */
record Answer(long number, int count, Appended appended) {

  /**
   * Returns the offset of the last publication in the log directly after the batch was appended.
   */
  long end() {
    return appended.first() + count - appended.known().size() - appended.tooLarge().size() - 1;
  }
}
