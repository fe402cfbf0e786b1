using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NodeMesh.Dns;

/// <summary>Names as text: labels joined by dots, without a dot at the end; a dot or backslash inside a label, and bytes that do not print, are escaped (RFC 1035 section 5.1).</summary>
public static class DnsName
{
    private const string ReverseV4 = ".in-addr.arpa";
    private const string ReverseV6 = ".ip6.arpa";

    /// <summary>A name as it is compared: lower case (ASCII), no dot at its end.</summary>
    /// <param name="name">The name.</param>
    public static string Normalize(string name) => name.TrimEnd('.').ToLowerInvariant();

    /// <summary>Reads the address that a reverse name stands for.</summary>
    /// <param name="name">A normalised name, <c>4.3.2.1.in-addr.arpa</c> or 32 digits under <c>ip6.arpa</c>.</param>
    /// <returns>The address; null for any other name.</returns>
    public static IPAddress? ReverseAddress(string name)
    {
        if (name.EndsWith(ReverseV4, StringComparison.Ordinal))
        {
            var parts = name[..^ReverseV4.Length].Split('.');
            Span<byte> bytes = stackalloc byte[4];
            for (var i = 0; i < 4; i++)
            {
                if (parts.Length != 4 || !byte.TryParse(parts[3 - i], NumberStyles.None, CultureInfo.InvariantCulture, out bytes[i]))
                {
                    return null;
                }
            }

            return new IPAddress(bytes);
        }

        if (name.EndsWith(ReverseV6, StringComparison.Ordinal))
        {
            var digits = name[..^ReverseV6.Length].Split('.');
            if (digits.Length != 32 || digits.Any(d => d.Length != 1 || !char.IsAsciiHexDigit(d[0])))
            {
                return null;
            }

            Array.Reverse(digits);
            return new IPAddress(Convert.FromHexString(string.Concat(digits)));
        }

        return null;
    }

    /// <summary>The reverse name of an address.</summary>
    /// <param name="address">The address.</param>
    public static string Reverse(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        Array.Reverse(bytes);
        return address.AddressFamily == AddressFamily.InterNetwork
            ? string.Join('.', bytes) + ReverseV4
            : string.Join('.', bytes.Select(b => $"{b & 0xf:x}.{b >> 4:x}")) + ReverseV6;
    }

    internal static void AppendLabel(StringBuilder text, ReadOnlySpan<byte> label)
    {
        if (text.Length > 0)
        {
            text.Append('.');
        }

        foreach (var b in label)
        {
            if (b is (byte)'.' or (byte)'\\')
            {
                text.Append('\\').Append((char)b);
            }
            else if (b is > 0x20 and < 0x7f)
            {
                text.Append((char)b);
            }
            else
            {
                text.Append('\\').Append(b.ToString("D3", CultureInfo.InvariantCulture));
            }
        }
    }

    /// <summary>The labels of a name, escapes undone.</summary>
    /// <exception cref="DnsFormatException">A label is empty or too long, or an escape is wrong.</exception>
    internal static List<byte[]> Labels(string name)
    {
        var labels = new List<byte[]>();
        if (name.Length == 0)
        {
            return labels;
        }

        var label = new List<byte>();
        for (var i = 0; i <= name.Length; i++)
        {
            if (i == name.Length || name[i] == '.')
            {
                if (label.Count is 0 or > 63)
                {
                    throw new DnsFormatException($"'{name}' has a label of {label.Count} bytes");
                }

                labels.Add([.. label]);
                label.Clear();
            }
            else if (name[i] != '\\')
            {
                label.Add(name[i] < 0x80 ? (byte)name[i] : throw new DnsFormatException($"'{name}' is not ASCII"));
            }
            else if (i + 3 < name.Length && byte.TryParse(name.AsSpan(i + 1, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var escaped))
            {
                label.Add(escaped);
                i += 3;
            }
            else if (i + 1 < name.Length)
            {
                label.Add((byte)name[++i]);
            }
            else
            {
                throw new DnsFormatException($"'{name}' ends in an escape");
            }
        }

        return labels;
    }
}
