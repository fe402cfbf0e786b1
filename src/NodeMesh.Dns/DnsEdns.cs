namespace NodeMesh.Dns;

/// <summary>The EDNS0 part of a message (RFC 6891 section 6.1).</summary>
/// <param name="UdpPayloadSize">The largest datagram that the sender takes, in bytes.</param>
/// <param name="DnssecOk">Whether it wants DNSSEC records (RFC 3225).</param>
/// <param name="Version">The version of EDNS; 0.</param>
public readonly record struct DnsEdns(ushort UdpPayloadSize, bool DnssecOk, byte Version);
