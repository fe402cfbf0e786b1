namespace NodeMesh.Dns;

/// <summary>The header's second word (RFC 1035 section 4.1.1, RFC 4035 section 3).</summary>
internal static class DnsFlags
{
    public const ushort Response = 0x8000;
    public const int OpCodeShift = 11;
    public const ushort Authoritative = 0x0400;
    public const ushort Truncated = 0x0200;
    public const ushort RecursionDesired = 0x0100;
    public const ushort RecursionAvailable = 0x0080;
    public const ushort AuthenticData = 0x0020;
    public const ushort CheckingDisabled = 0x0010;
}
