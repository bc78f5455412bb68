#!/usr/bin/env bash
# IPAddress (com.github.seancfoley:ipaddress) 5.6.2: "10.1.2.3/8" is one address and contains no other; "10.0.0.0/8" is a network.
#
# Expected: an address with a prefix length names the network that it lies in, as in ip(8), nginx, HAProxy and Python's
# ipaddress with strict=False; or it is refused, as by Python's default.
# Seen: no error, contains() is false for every neighbour, and toPrefixBlock() would have been needed. An empty text, too,
# is a valid address: loopback. And an IPv4 network does not contain its IPv4-mapped IPv6 addresses.
# For a gateway: "trusted proxies 10.1.2.3/8" silently trusts one address. Take toPrefixBlock(), or refuse host bits; refuse
# empty entries; unmap addresses first.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

maven_packages com.github.seancfoley:ipaddress:5.6.2
java_main <<'JAVA' | expect_seen \
  "10.0.0.0/8 contains 10.9.9.9: true" \
  "10.1.2.3/8 contains 10.9.9.9: false, its prefix block: true" \
  "the empty text is 127.0.0.1" \
  "10.0.0.0/8 contains ::ffff:10.9.9.9: false"
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;

public class Main {
    public static void main(String[] arguments) throws Exception {
        IPAddress neighbour = address("10.9.9.9");
        System.out.println("10.0.0.0/8 contains 10.9.9.9: " + address("10.0.0.0/8").contains(neighbour));
        System.out.println("10.1.2.3/8 contains 10.9.9.9: " + address("10.1.2.3/8").contains(neighbour) + ", its prefix block: "
                + address("10.1.2.3/8").toPrefixBlock().contains(neighbour));
        System.out.println("the empty text is " + address(""));
        System.out.println("10.0.0.0/8 contains ::ffff:10.9.9.9: " + address("10.0.0.0/8").contains(address("::ffff:10.9.9.9")));
    }

    private static IPAddress address(String text) throws Exception {
        return new IPAddressString(text).toAddress();
    }
}
JAVA
