/**
 * What servers ask of a node in the words of the Centrifuge protocol: one class for each thing that
 * can be asked. Read {@link io.stentor.protocol.centrifuge.api.ServerApi} first.
 */
@NullMarked
package io.stentor.protocol.centrifuge.api;

import org.jspecify.annotations.NullMarked;
