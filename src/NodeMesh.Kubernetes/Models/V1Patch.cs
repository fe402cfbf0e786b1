namespace NodeMesh.Kubernetes.Models;

/// <summary>A change of an object.</summary>
/// <param name="Body">JSON.</param>
/// <param name="Type">How the server reads it.</param>
public sealed record V1Patch(string Body, PatchType Type)
{
    /// <summary>A list of operations (RFC 6902).</summary>
    /// <param name="operations">Such as <c>[{"op":"add","path":"/metadata/labels/a","value":"b"}]</c>.</param>
    /// <returns>The patch.</returns>
    public static V1Patch Json(string operations) => new(operations, PatchType.JsonPatch);

    /// <summary>The fields to change; null removes one (RFC 7386).</summary>
    /// <param name="fields">Such as <c>{"metadata":{"labels":{"a":"b"}}}</c>.</param>
    /// <returns>The patch.</returns>
    public static V1Patch Merge(string fields) => new(fields, PatchType.MergePatch);

    /// <summary>Kubernetes' merge, which knows the lists of built-in kinds; custom resources refuse it.</summary>
    /// <param name="fields">The fields to change.</param>
    /// <returns>The patch.</returns>
    public static V1Patch StrategicMerge(string fields) => new(fields, PatchType.StrategicMergePatch);
}
