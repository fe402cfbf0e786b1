using System.Text.Json.Serialization.Metadata;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Kubernetes;

/// <summary>A kind with a type of its own.</summary>
/// <typeparam name="T">The type.</typeparam>
/// <param name="Group">Such as <c>apps</c>; empty for the core group.</param>
/// <param name="Version">Such as <c>v1</c>.</param>
/// <param name="Kind">Such as <c>Deployment</c>.</param>
/// <param name="Plural">Such as <c>deployments</c>.</param>
/// <param name="Namespaced">Its objects are in namespaces.</param>
/// <param name="TypeInfo">How it is read and written, from a source-generated context.</param>
public sealed record KubernetesKind<T>(string Group, string Version, string Kind, string Plural, bool Namespaced, JsonTypeInfo<T> TypeInfo)
    : KubernetesKind(Group, Version, Kind, Plural, Namespaced)
    where T : class, IKubernetesObject;
