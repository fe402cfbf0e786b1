using System.Security.Cryptography;

namespace NodeMesh.Identity;

/// <summary>Random serial numbers: positive, and with more than the 64 random bits that RFC 5280 section 4.1.2.2 and its profiles ask for.</summary>
internal static class SerialNumbers
{
    /// <summary>Sixteen bytes, big-endian; the first is never zero and its sign bit is clear.</summary>
    public static byte[] Next()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x3f) | 0x40);
        return serial;
    }
}
