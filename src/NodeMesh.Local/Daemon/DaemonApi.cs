using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using NodeMesh.Local.Controllers;
using NodeMesh.Local.Store;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Local.Daemon;

/// <summary>The daemon's API: JSON over HTTP on a Unix socket in the mesh's directory, which is closed to everybody but root.</summary>
/// <param name="store">The objects.</param>
/// <param name="fleet">The pods.</param>
/// <param name="images">Commands of images.</param>
/// <param name="status">How it goes.</param>
/// <param name="components">The mesh's own processes.</param>
/// <param name="reader">Objects with their status.</param>
/// <param name="time">The clock.</param>
internal sealed class DaemonApi(
    ObjectStore store, PodFleet fleet, ImageRegistry images, StatusReporter status, ImmutableDictionary<string, Component> components, ObjectReader reader, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(25);
    private readonly Lock _gate = new();

    /// <summary>Adds the API to a server.</summary>
    /// <param name="app">The server.</param>
    public void Map(WebApplication app)
    {
        app.MapGet("/v1/status", () => status.Report());
        app.MapPost("/v1/apply", (ApplyRequest request) => Apply(request));
        app.MapPost("/v1/delete", (ObjectName[] objects, int? grace, CancellationToken ct) => DeleteAsync(objects, grace, ct));
        app.MapPost("/v1/scale", (ScaleRequest request) => Scale(request));
        app.MapPost("/v1/restart/{component}", (string component) => Restart(component));
        app.MapGet("/v1/objects", (string apiVersion, string kind, string? ns, string? name) =>
            Results.Text($"[{string.Join(",", reader.Read(ResourceKinds.Find(apiVersion, kind), ns, name).Select(ManifestWriter.ToJson))}]", "application/json"));
    }

    private IResult Apply(ApplyRequest request)
    {
        var set = ManifestReader.ReadText(request.Manifests, "");
        var commands = images.With(request.Images);
        lock (_gate)
        {
            ImmutableArray<string> errors = [.. set.Errors.Select(e => e.ToString()), .. ApplyChecks.Check(set.Documents, store.All<NamespaceResource>().Select(n => n.Metadata.Name), commands)];
            if (!errors.IsEmpty)
            {
                return Refuse(errors);
            }

            try
            {
                images.Set(commands);
                return Results.Ok(store.Apply(set.Documents).Select(o => new ObjectOutcome(o.Key.ToString(), o.Key.Namespace, o.Outcome.ToString().ToLowerInvariant())));
            }
            catch (ObjectStoreException e)
            {
                return Refuse([e.Message]);
            }
        }
    }

    private async Task<IResult> DeleteAsync(ObjectName[] objects, int? grace, CancellationToken cancellationToken)
    {
        var keys = objects.Select(ToKey).ToList();
        var uids = keys.Where(store.Objects.ContainsKey).Select(k => store.Objects[k].Uid).ToHashSet();
        var named = keys.Where(k => k.Kind == ResourceKinds.Pod).Select(k => (k.Namespace, k.Name)).ToHashSet();
        var namespaces = keys.Where(k => k.Kind == ResourceKinds.Namespace).Select(k => k.Name).ToHashSet();
        var going = fleet.Pods.Where(p => named.Contains((p.Namespace, p.Name)) || namespaces.Contains(p.Namespace) || (p.Owner?.Uid is { } uid && uids.Contains(uid))).ToList();
        var deleted = store.Delete(keys).ToHashSet();
        foreach (var pod in going)
        {
            fleet.Delete(pod, grace is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
        }

        // As kubectl does: the command is over when the pods are.
        while (fleet.Pods.Any(p => going.Contains(p)))
        {
            await Task.Delay(Poll, time, cancellationToken);
        }

        return Results.Ok(keys.Select(k => new ObjectOutcome(
            k.ToString(), k.Namespace, deleted.Contains(k) || going.Exists(p => k.Kind == ResourceKinds.Pod && p.Namespace == k.Namespace && p.Name == k.Name) ? "deleted" : "not found")));
    }

    private IResult Scale(ScaleRequest request)
    {
        var key = ToKey(request.Object);
        if (key.Kind != ResourceKinds.Deployment && key.Kind != ResourceKinds.StatefulSet)
        {
            return Refuse([$"{key} cannot be scaled: only deployments and statefulsets can"]);
        }

        if (request.Replicas < 0)
        {
            return Refuse([string.Create(CultureInfo.InvariantCulture, $"--replicas {request.Replicas}: must be 0 or more")]);
        }

        var changed = store.Change(key, root => root.With("spec", ((ManifestMapping)root["spec"]!).With("replicas", ManifestScalar.Integer(request.Replicas))));
        return changed ? Results.Ok(new ObjectOutcome(key.ToString(), key.Namespace, "scaled")) : Refuse([$"{key} is not there in namespace {key.Namespace}"]);
    }

    private IResult Restart(string component)
    {
        if (components.GetValueOrDefault(component) is not { } found)
        {
            return Refuse([$"there is no {component}; there are {string.Join(", ", components.Keys.Order(StringComparer.Ordinal))}"]);
        }

        found.Restart();
        return Results.Ok(new ObjectOutcome(component, "", "restarted"));
    }

    private static ObjectKey ToKey(ObjectName reference)
    {
        var kind = ResourceKinds.Find(reference.ApiVersion, reference.Kind);
        return new ObjectKey(kind, kind.Namespaced ? reference.Namespace : "", reference.Name);
    }

    private static IResult Refuse(ImmutableArray<string> errors) => Results.BadRequest(new ApiError(errors));
}
