package io.stentor.centrifuge.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import io.stentor.centrifuge.codec.ProtobufSchema.Field;
import io.stentor.centrifuge.codec.ProtobufSchema.Kind;
import io.stentor.support.CentrifugeProtobuf;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The names, numbers and types of fields are those of {@code centrifuge.proto}. */
class ProtobufSchemaTest {
  private final Set<String> seen = new HashSet<>();

  @Test
  void fields_are_those_of_the_definition() {
    check("Command", ProtobufSchema.COMMAND);
    check("Reply", ProtobufSchema.REPLY);
    check("Push", ProtobufSchema.PUSH);
    check("EmulationRequest", ProtobufSchema.POST);
    assertThat(seen).contains("FilterNode", "StreamPosition", "Connect", "Subscribe", "Error");
  }

  private void check(String name, ProtobufSchema schema) {
    if (!seen.add(name)) {
      return;
    }
    Descriptor type = CentrifugeProtobuf.type(name);
    schema.fields().values().forEach(field -> check(type, field));
  }

  private void check(Descriptor type, Field field) {
    FieldDescriptor defined = type.findFieldByName(field.name());
    assertThat(defined).as("%s.%s", type.getName(), field.name()).isNotNull();
    String name = defined.getFullName();
    assertThat(field.number()).as(name).isEqualTo(defined.getNumber());
    assertThat(field.kind()).as(name).isEqualTo(kind(defined));
    assertThat(field.number()).as("the tag of %s is one byte", name).isLessThan(16);
    if (field.type() != null && field.type() != ProtobufSchema.WRITTEN_APART) {
      Descriptor nested = defined.getMessageType();
      boolean map = defined.isMapField();
      check((map ? nested.findFieldByNumber(2).getMessageType() : nested).getName(), field.type());
    }
  }

  private static Kind kind(FieldDescriptor field) {
    if (field.isMapField()) {
      return Kind.MAP;
    }
    return switch (field.getJavaType()) {
      case STRING -> Kind.TEXT;
      case BYTE_STRING -> Kind.BYTES;
      case MESSAGE -> Kind.MESSAGE;
      case INT, LONG, BOOLEAN -> Kind.VARINT;
      default -> throw new AssertionError(field.getFullName() + JavaType.values().length);
    };
  }
}
