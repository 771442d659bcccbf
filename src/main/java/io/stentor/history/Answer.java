package io.stentor.history;

/**
 * What an appender was answered, kept in case that it asks again.
 *
 * @param number of the batch
 * @param count of the publications in it
 */
record Answer(long number, int count, Appended appended) {}
