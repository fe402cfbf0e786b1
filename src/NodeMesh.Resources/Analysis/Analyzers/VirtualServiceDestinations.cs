using NodeMesh.Resources.Kinds.Istio;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>All destinations of a VirtualService with their fields.</summary>
internal static class VirtualServiceDestinations
{
    /// <summary>The destinations of routes and mirrors.</summary>
    /// <param name="spec">The spec.</param>
    /// <returns>Each with its field, and whether it is a mirror.</returns>
    public static IEnumerable<(string Path, Destination Destination, bool Mirror)> Of(VirtualServiceSpec? spec)
    {
        if (spec is null)
        {
            yield break;
        }

        foreach (var (i, route) in spec.Http.Index())
        {
            foreach (var (j, destination) in route.Route.Index())
            {
                yield return ($"spec.http[{i}].route[{j}].destination", destination.Destination, false);
            }

            if (route.Mirror is { } mirror)
            {
                yield return ($"spec.http[{i}].mirror", mirror, true);
            }

            foreach (var (j, copy) in route.Mirrors.Index())
            {
                yield return ($"spec.http[{i}].mirrors[{j}].destination", copy.Destination, true);
            }
        }

        foreach (var (i, route) in spec.Tls.Index())
        {
            foreach (var (j, destination) in route.Route.Index())
            {
                yield return ($"spec.tls[{i}].route[{j}].destination", destination.Destination, false);
            }
        }

        foreach (var (i, route) in spec.Tcp.Index())
        {
            foreach (var (j, destination) in route.Route.Index())
            {
                yield return ($"spec.tcp[{i}].route[{j}].destination", destination.Destination, false);
            }
        }
    }
}
