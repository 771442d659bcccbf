package io.stentor.http.api;

import io.stentor.message.Member;
import io.vertx.core.json.Json;
import java.util.List;
import java.util.StringJoiner;

/** Encodes members for plain clients, as JSON on one line. */
public final class MemberJson {

  private MemberJson() {}

  /**
   * Encodes one member: {@code {"connection":"b7","user":"Ann"}}. {@code user} is omitted if the
   * member is anonymous; {@code info} and {@code roomInfo}, if known, are inserted as raw JSON.
   */
  public static String of(Member member) {
    StringBuilder json = new StringBuilder("{\"connection\":");
    json.append(Json.encode(member.connection()));
    if (!member.user().isEmpty()) {
      json.append(",\"user\":").append(Json.encode(member.user()));
    }
    if (member.info() != null) {
      json.append(",\"info\":").append(member.info());
    }
    if (member.roomInfo() != null) {
      json.append(",\"roomInfo\":").append(member.roomInfo());
    }
    return json.append('}').toString();
  }

  /** Encodes several members: {@code {"members":[...]}}. */
  public static String of(List<Member> members) {
    StringJoiner all = new StringJoiner(",", "{\"members\":[", "]}");
    members.forEach(member -> all.add(of(member)));
    return all.toString();
  }
}
