/**
 * The benchmark of {@code script/bench}: a WebSocket load generator on one selector thread ({@link
 * io.stentor.bench.Load}) and the runner that starts the servers, loads them and compares ({@link
 * io.stentor.bench.Bench}). It needs the JDK only and is not part of the product.
 */
package io.stentor.bench;
