/**
 * How commands, replies and pushes of the Centrifuge protocol are encoded, in JSON and Protobuf;
 * its errors.
 */
@NullMarked
package io.stentor.centrifuge.codec;

import org.jspecify.annotations.NullMarked;
