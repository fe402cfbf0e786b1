using System.Net;
using Google.Protobuf;
using NodeMesh.Model;

namespace NodeMesh.Discovery;

/// <summary>Between the model and the wire's messages. What comes from the wire is checked; the wire's order of sets never changes the bytes that go out.</summary>
public static partial class ModelCodec
{
    /// <summary>The resource name of a workload: its UID.</summary>
    /// <param name="workload">The workload.</param>
    /// <returns>The name.</returns>
    public static string NameOf(Workload workload) => workload.Uid;

    /// <summary>The resource name of a service: <c>namespace/hostname</c>.</summary>
    /// <param name="service">The service.</param>
    /// <returns>The name.</returns>
    public static string NameOf(Service service) => service.Key.ToString();

    /// <summary>The resource name of a policy: <c>namespace/name</c>, or the bare name for one of the whole mesh without a namespace.</summary>
    /// <param name="policy">The policy.</param>
    /// <returns>The name.</returns>
    public static string NameOf(AuthorizationPolicy policy) => policy.Key.ToString();

    /// <summary>The alias by which an address may be subscribed: <c>network/address</c>.</summary>
    /// <param name="network">The network; empty for the only one.</param>
    /// <param name="address">The address.</param>
    /// <returns>The alias.</returns>
    public static string AliasOf(string network, IPAddress address) => $"{network}/{address}";

    private static ByteString EncodeAddress(IPAddress address) => ByteString.CopyFrom((address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes());

    private static IPAddress DecodeAddress(string resource, string field, ByteString bytes)
    {
        if (bytes.Length is not (4 or 16))
        {
            throw new DiscoveryFormatException(resource, field, $"an address has 4 or 16 bytes, not {bytes.Length}");
        }

        var address = new IPAddress(bytes.Span);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    private static NamespacedName DecodeKey(string resource, string field, string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (text.Length == 0 || slash == text.Length - 1)
        {
            throw new DiscoveryFormatException(resource, field, $"'{text}' is not namespace/name");
        }

        return slash < 0 ? new NamespacedName("", text) : new NamespacedName(text[..slash], text[(slash + 1)..]);
    }

    private static int DecodePort(string resource, string field, uint port, bool zeroAllowed)
    {
        if (port > 65535 || (port == 0 && !zeroAllowed))
        {
            throw new DiscoveryFormatException(resource, field, $"{port} is not a port");
        }

        return (int)port;
    }

    private static string Required(string resource, string field, string value) =>
        value.Length > 0 ? value : throw new DiscoveryFormatException(resource, field, "is missing");

    private static TModel DecodeEnum<TWire, TModel>(string resource, string field, TWire value)
        where TWire : struct, Enum
        where TModel : struct, Enum
    {
        var model = (TModel)(object)Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture);
        return Enum.IsDefined(model) ? model : throw new DiscoveryFormatException(resource, field, $"the value {value} is not supported");
    }
}
