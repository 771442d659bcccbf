/**
 * The torture: three real nodes, clients that publish and listen, faults at random moments, and a
 * checker that reads what every client saw and asserts the promises. {@link
 * io.stentor.torture.Torture} runs it, {@link io.stentor.torture.Checker} judges.
 */
@NullMarked
package io.stentor.torture;

import org.jspecify.annotations.NullMarked;
