package io.stentor.centrifuge;

import io.stentor.json.JsonWriter;

/** An answer with the number of its command. */
final class Reply extends Answer {

  private final long id;
  private final String name;

  Reply(Session session, long id, String name) {
    super(session);
    this.id = id;
    this.name = name;
  }

  @Override
  void tell(Session session, JsonWriter result) {
    session.write(begun().name(name).raw(result).close());
  }

  @Override
  void tell(Session session, Refusal refusal) {
    ErrorCode code = refusal.code();
    JsonWriter line = begun().name("error").open().name("code").integer(code.code());
    line.text("message", refusal.message()).flag("temporary", refusal.temporary());
    session.write(line.close().close());
  }

  private JsonWriter begun() {
    return new JsonWriter().open().name("id").integer(id);
  }

  @Override
  public String toString() {
    return name + " " + id;
  }
}
