package io.stentor.support;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.WireFormat;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonWriter;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The messages of {@code src/test/resources/protobuf/centrifuge.proto}, as Google's library encodes
 * and decodes them, from JSON and as JSON. Any thread.
 */
public final class CentrifugeProtobuf {
  private static final Path SOURCE = Path.of("src/test/resources/protobuf/centrifuge.proto");
  private static final Pattern MESSAGE = Pattern.compile("message (\\w+) \\{([^}]*)}");
  private static final Pattern FIELD =
      Pattern.compile("(repeated )?(?:map<string, (\\w+)>|(\\w+)) (\\w+) = (\\d+);");

  /** In JSON, these have all their members, even if they are 0 or empty. */
  private static final Set<String> WHOLE =
      Set.of("HistoryResult", "PresenceResult", "PresenceStatsResult");

  private static final FileDescriptor FILE = read();

  private CentrifugeProtobuf() {}

  private static FileDescriptor read() {
    try {
      FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder().setSyntax("proto3");
      Matcher messages = MESSAGE.matcher(Files.readString(SOURCE));
      while (messages.find()) {
        DescriptorProto.Builder message = DescriptorProto.newBuilder().setName(messages.group(1));
        Matcher fields = FIELD.matcher(messages.group(2));
        while (fields.find()) {
          add(fields, message);
        }
        file.addMessageType(message);
      }
      return FileDescriptor.buildFrom(file.build(), new FileDescriptor[0]);
    } catch (IOException | DescriptorValidationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void add(Matcher field, DescriptorProto.Builder message) {
    String name = field.group(4);
    FieldDescriptorProto.Builder built = of(name, Integer.parseInt(field.group(5)), field.group(3));
    if (field.group(2) != null) {
      String entry = Character.toUpperCase(name.charAt(0)) + name.substring(1) + "Entry";
      DescriptorProto.Builder type = DescriptorProto.newBuilder().setName(entry);
      type.getOptionsBuilder().setMapEntry(true);
      type.addField(of("key", 1, "string")).addField(of("value", 2, field.group(2)));
      message.addNestedType(type);
      built.setTypeName(message.getName() + "." + entry).setType(Type.TYPE_MESSAGE);
    }
    boolean repeated = field.group(1) != null || field.group(2) != null;
    message.addField(built.setLabel(repeated ? Label.LABEL_REPEATED : Label.LABEL_OPTIONAL));
  }

  private static FieldDescriptorProto.Builder of(String name, int number, String type) {
    FieldDescriptorProto.Builder field =
        FieldDescriptorProto.newBuilder().setName(name).setNumber(number);
    if (type == null) {
      return field;
    }
    field.setLabel(Label.LABEL_OPTIONAL);
    return Character.isUpperCase(type.charAt(0))
        ? field.setTypeName(type).setType(Type.TYPE_MESSAGE)
        : field.setType(Type.valueOf("TYPE_" + type.toUpperCase(java.util.Locale.ROOT)));
  }

  /** Returns the descriptor of a message. */
  public static Descriptor type(String message) {
    Descriptor type = FILE.findMessageTypeByName(message);
    if (type == null) {
      throw new IllegalArgumentException("no message " + message);
    }
    return type;
  }

  /** Encodes JSON commands, one a line, each after its length. */
  public static byte[] commands(String lines) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (String line : lines.split("\n")) {
      all.writeBytes(delimited(message("Command", line)));
    }
    return all.toByteArray();
  }

  /** Encodes a JSON object, whose bytes are JSON source. */
  public static byte[] message(String type, String json) {
    return dynamic(type(type), JsonFields.of(json.getBytes(StandardCharsets.UTF_8))).toByteArray();
  }

  private static DynamicMessage dynamic(Descriptor type, JsonFields json) {
    DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
    for (FieldDescriptor field : type.getFields()) {
      String name = field.getName();
      if (!json.has(name)) {
        continue;
      }
      if (field.isMapField()) {
        JsonFields entries = json.object(name);
        entries.names().forEach(key -> message.addRepeatedField(field, entry(field, key, entries)));
      } else if (field.isRepeated() && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        json.objects(name)
            .forEach(one -> message.addRepeatedField(field, dynamic(field.getMessageType(), one)));
      } else if (field.isRepeated()) {
        json.texts(name).forEach(one -> message.addRepeatedField(field, one));
      } else {
        message.setField(field, value(field, name, json));
      }
    }
    return message.build();
  }

  private static DynamicMessage entry(FieldDescriptor map, String key, JsonFields entries) {
    Descriptor type = map.getMessageType();
    FieldDescriptor value = type.findFieldByNumber(2);
    return DynamicMessage.newBuilder(type)
        .setField(type.findFieldByNumber(1), key)
        .setField(value, value(value, key, entries))
        .build();
  }

  private static Object value(FieldDescriptor field, String name, JsonFields json) {
    return switch (field.getJavaType()) {
      case INT -> (int) json.number(name);
      case LONG -> json.number(name);
      case BOOLEAN -> json.flag(name);
      case STRING -> json.text(name);
      case BYTE_STRING -> ByteString.copyFrom(json.slice(name));
      case MESSAGE -> dynamic(field.getMessageType(), json.object(name));
      default -> throw new IllegalArgumentException(field.getFullName());
    };
  }

  /** Returns a message after its length. */
  public static byte[] delimited(byte[] message) {
    try {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      CodedOutputStream out = CodedOutputStream.newInstance(all);
      out.writeByteArrayNoTag(message);
      out.flush();
      return all.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Splits messages, each after its length. */
  public static List<byte[]> split(byte[] delimited) {
    try {
      List<byte[]> all = new ArrayList<>();
      CodedInputStream in = CodedInputStream.newInstance(delimited);
      while (!in.isAtEnd()) {
        all.add(in.readByteArray());
      }
      return all;
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Returns replies, each after its length, as JSON, one a line. */
  public static String replies(byte[] delimited) {
    return String.join("\n", split(delimited).stream().map(one -> json("Reply", one)).toList());
  }

  /**
   * Returns a message as JSON, with its members in the order of their arrival. Bytes are written as
   * they are; those that are no UTF-8, as ISO 8859-1.
   */
  public static String json(String type, byte[] message) {
    try {
      DynamicMessage.parseFrom(type(type), message); // Strict: strings are UTF-8.
      return json(type(type), CodedInputStream.newInstance(message)).toString();
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static JsonWriter json(Descriptor type, CodedInputStream in) throws IOException {
    Map<String, List<JsonWriter>> lists = new java.util.LinkedHashMap<>();
    List<FieldDescriptor> seen = new ArrayList<>();
    Map<FieldDescriptor, String> values = new java.util.LinkedHashMap<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      FieldDescriptor field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
      String value = value(field, in);
      if (field.isRepeated()) {
        lists.computeIfAbsent(field.getName(), first -> new ArrayList<>());
      }
      values.merge(field, value, (before, next) -> field.isRepeated() ? before + "," + next : next);
      seen.add(field);
    }
    JsonWriter out = new JsonWriter().open();
    if (WHOLE.contains(type.getName())) {
      type.getFields().forEach(field -> values.putIfAbsent(field, isNumber(field) ? "0" : ""));
      type.getFields().forEach(field -> write(field, values.get(field), out));
    } else {
      values.forEach((field, value) -> write(field, value, out));
    }
    return out.close();
  }

  private static boolean isNumber(FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.INT
        || field.getJavaType() == FieldDescriptor.JavaType.LONG;
  }

  private static void write(FieldDescriptor field, String value, JsonWriter out) {
    String brackets = field.isMapField() ? "{}" : field.isRepeated() ? "[]" : "";
    String whole = brackets.isEmpty() ? value : brackets.charAt(0) + value + brackets.charAt(1);
    out.source(field.getName(), whole);
  }

  private static String value(FieldDescriptor field, CodedInputStream in) throws IOException {
    return switch (field.getJavaType()) {
      case INT, LONG -> Long.toString(in.readRawVarint64());
      case BOOLEAN -> Boolean.toString(in.readBool());
      case STRING -> quoted(in.readStringRequireUtf8());
      case BYTE_STRING -> source(in.readByteArray());
      case MESSAGE -> {
        int limit = in.pushLimit(in.readRawVarint32());
        String value =
            field.isMapField() ? entry(field, in) : json(field.getMessageType(), in).toString();
        in.popLimit(limit);
        yield value;
      }
      default -> throw new IllegalArgumentException(field.getFullName());
    };
  }

  private static String entry(FieldDescriptor map, CodedInputStream in) throws IOException {
    String key = "\"\"";
    String value = "{}";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      FieldDescriptor field =
          map.getMessageType().findFieldByNumber(WireFormat.getTagFieldNumber(tag));
      if (field.getNumber() == 1) {
        key = value(field, in);
      } else {
        value = value(field, in);
      }
    }
    return key + ":" + value;
  }

  private static String quoted(String text) {
    String object = new JsonWriter().open().name("a").string(text).close().toString();
    return object.substring("{\"a\":".length(), object.length() - 1);
  }

  private static String source(byte[] bytes) {
    boolean utf8 = io.stentor.json.Utf8.isValid(bytes);
    return new String(bytes, utf8 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
  }

  /** Returns the bytes of a field deep inside a message. */
  public static byte[] bytes(String type, byte[] message, String... path) {
    try {
      DynamicMessage at = DynamicMessage.parseFrom(type(type), message);
      for (int i = 0; i + 1 < path.length; i++) {
        Object next = at.getField(at.getDescriptorForType().findFieldByName(path[i]));
        at = (DynamicMessage) (next instanceof List<?> list ? list.get(list.size() - 1) : next);
      }
      String last = path[path.length - 1];
      return ((ByteString) at.getField(at.getDescriptorForType().findFieldByName(last)))
          .toByteArray();
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Returns a reply as an object. */
  public static JsonObject reply(byte[] delimited) {
    return new JsonObject(replies(delimited));
  }
}
