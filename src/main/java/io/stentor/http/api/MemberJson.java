package io.stentor.http.api;

import io.stentor.message.Member;
import io.vertx.core.json.Json;
import java.util.List;
import java.util.StringJoiner;

/** Members as clients without a library see them: JSON on one line. */
public final class MemberJson {

  private MemberJson() {}

  /**
   * One member: {@code {"connection":"b7","user":"Ann"}}, without {@code user} where it is nobody
   * in particular; {@code info} and {@code roomInfo}, where known, are JSON as they are.
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

  /** Some members: {@code {"members":[...]}}. */
  public static String of(List<Member> members) {
    StringJoiner all = new StringJoiner(",", "{\"members\":[", "]}");
    members.forEach(member -> all.add(of(member)));
    return all.toString();
  }
}
