package io.stentor.cluster;

import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.impl.MemberImpl;
import com.hazelcast.config.Config;
import com.hazelcast.instance.EndpointQualifier;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Makes a node write a certain version, as if all others knew only that one. */
public final class FixedWireVersion {
  private FixedWireVersion() {}

  /** Returns a version that never changes. */
  public static WireVersion of(int version) {
    Set<Member> members =
        Set.of(
            new MemberImpl.Builder(
                    Map.of(
                        EndpointQualifier.MEMBER, Address.createUnresolvedAddress("other", 5701)))
                .uuid(new UUID(0, version))
                .attributes(Map.of(WireVersion.ATTRIBUTE, version + "-" + version))
                .build());
    return new WireVersion(() -> members);
  }

  /** Makes all types that are registered at a configuration from now on use a fixed version. */
  public static void fix(Config config, int version) {
    config.getUserContext().put(WireVersion.KEY, of(version));
  }
}
