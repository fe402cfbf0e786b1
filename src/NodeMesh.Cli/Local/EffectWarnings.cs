using NodeMesh.Local.Client;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Cli.Local;

/// <summary>Says which of the mesh's own resources have no effect, once the control plane has judged them.</summary>
/// <param name="client">Talks to the daemon.</param>
/// <param name="time">The clock.</param>
internal sealed class EffectWarnings(LocalClient client, TimeProvider time)
{
    // The control plane answers within some 100 ms; pods that were applied along take a little longer to be there for a selector.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits for the control plane's word, and tells apart what it warns of.</summary>
    /// <param name="documents">What was applied.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One line for each warning.</returns>
    public async Task<IReadOnlyList<string>> CollectAsync(IEnumerable<ManifestDocument> documents, CancellationToken cancellationToken)
    {
        var judged = documents.Where(d => d.Kind.Support == KindSupport.Served && d.Kind.Group is "security.istio.io" or "networking.istio.io" or "telemetry.istio.io").ToList();
        var pods = documents.Any(d => d.Kind.Group is "" or "apps" && d.Kind.Kind is "Pod" or "Deployment" or "StatefulSet" or "DaemonSet");
        var began = time.GetTimestamp();
        while (true)
        {
            var warnings = new List<string>();
            var answered = true;
            foreach (var document in judged)
            {
                var resource = (await client.GetAsync(document.Kind, document.Namespace, document.Name, cancellationToken)).FirstOrDefault();
                answered &= resource is null || IsAnswered(resource);
                warnings.AddRange(Of(resource).Select(w => $"{document.Kind.Kind} {document.Namespace}/{document.Name}: {w}"));
            }

            if ((answered && (warnings.Count == 0 || !pods)) || time.GetElapsedTime(began) >= Patience)
            {
                return warnings;
            }

            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    /// <summary>What the control plane says against a resource.</summary>
    /// <param name="resource">The resource with its status; null when it is gone.</param>
    internal static IEnumerable<string> Of(ManifestMapping? resource) =>
        resource is null || !IsAnswered(resource) ? []
            : resource.ItemsAt("status", "validationMessages")
                .Where(m => m.TextAt("level") is "WARNING" or "ERROR")
                .Select(m => m.TextAt("field") is { Length: > 0 } field ? $"{field}: {m.TextAt("message")}" : m.TextAt("message"));

    private static bool IsAnswered(ManifestMapping resource) =>
        resource.TextAt("status", "observedGeneration") is { Length: > 0 } observed && observed == resource.TextAt("metadata", "generation");
}
