package io.stentor.centrifuge;

/**
 * Where a client whose transport carries nothing to the server posts its commands.
 *
 * @param session names the session, and whoever knows it speaks for the client
 * @param node where the session is
 */
public record Mailbox(String session, String node) {}
