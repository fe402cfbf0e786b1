using Google.Protobuf;
using NodeMesh.Discovery.Protos.Xds;
using NodeMesh.Model;
using NodeMesh.Model.Routing;

namespace NodeMesh.Discovery.Consuming;

/// <summary>Turns a resource of a response into a model object.</summary>
internal static class ResourceDecoder
{
    /// <exception cref="DiscoveryFormatException">It cannot be used.</exception>
    public static object Decode(string typeUrl, Resource resource)
    {
        if (resource.Resource_ is not { } body || body.TypeUrl != typeUrl)
        {
            throw new DiscoveryFormatException(resource.Name, "resource", $"is not a {typeUrl}");
        }

        object model;
        try
        {
            model = typeUrl switch
            {
                TypeUrls.Address => ModelCodec.FromProto(Protos.Workloads.Address.Parser.ParseFrom(body.Value)),
                TypeUrls.Authorization => ModelCodec.FromProto(Protos.Security.Authorization.Parser.ParseFrom(body.Value)),
                TypeUrls.NetworkPolicy => ModelCodec.FromProto(Protos.Network.NetworkPolicy.Parser.ParseFrom(body.Value)),
                TypeUrls.Node => ModelCodec.FromProto(Protos.Nodes.Node.Parser.ParseFrom(body.Value)),
                TypeUrls.Routes => ModelCodec.FromProto(Protos.Routes.Routes.Parser.ParseFrom(body.Value)),
                _ => throw new DiscoveryFormatException(resource.Name, "type_url", $"{typeUrl} is not known"),
            };
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new DiscoveryFormatException(resource.Name, "resource", $"cannot be parsed: {e.Message}");
        }

        var name = NameOf(model);
        return name == resource.Name ? model : throw new DiscoveryFormatException(resource.Name, "name", $"the content calls itself {name}");
    }

    private static string NameOf(object model) => model switch
    {
        Workload workload => ModelCodec.NameOf(workload),
        Service service => ModelCodec.NameOf(service),
        AuthorizationPolicy policy => ModelCodec.NameOf(policy),
        NetworkPolicy policy => ModelCodec.NameOf(policy),
        MeshNode node => node.Name,
        ServiceRoutes routes => ModelCodec.NameOf(routes),
        _ => "",
    };
}
