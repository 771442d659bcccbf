/** Tests of the simulated market. */
@org.jspecify.annotations.NullMarked
package io.stentor.demo;
