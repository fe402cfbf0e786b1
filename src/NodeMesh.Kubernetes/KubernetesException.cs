using System.Net;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Kubernetes;

/// <summary>The API server answered that it did not do what it was asked.</summary>
/// <param name="message">Request, status, reason, message.</param>
/// <param name="statusCode">HTTP's status.</param>
/// <param name="status">The API server's own words; made of HTTP's where it had none.</param>
public sealed class KubernetesException(string message, HttpStatusCode statusCode, V1Status status) : Exception(message)
{
    private const int FieldManagerConflict = 409;

    /// <summary>HTTP's status.</summary>
    public HttpStatusCode StatusCode => statusCode;

    /// <summary>The API server's own words.</summary>
    public V1Status Status => status;

    /// <summary>The reason for programs, such as <c>NotFound</c>.</summary>
    public string? Reason => status.Reason;

    /// <summary>When the server wants to be asked again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The flow schema (priority and fairness) that the request was counted under.</summary>
    public string? FlowSchemaUid { get; init; }

    /// <summary>The priority level that it was queued in.</summary>
    public string? PriorityLevelUid { get; init; }

    /// <summary>No such object, or no such kind.</summary>
    public bool IsNotFound => statusCode == HttpStatusCode.NotFound;

    /// <summary>Somebody else wrote meanwhile, or owns the field: read again, then write again.</summary>
    public bool IsConflict => (int)statusCode == FieldManagerConflict && status.Reason != "AlreadyExists";

    /// <summary>There is one of that name.</summary>
    public bool IsAlreadyExists => status.Reason == "AlreadyExists";

    /// <summary>The version to go on from is forgotten: list again.</summary>
    public bool IsExpired => statusCode == HttpStatusCode.Gone || status.Reason is "Expired" or "Gone";

    /// <summary>The credentials do not allow it.</summary>
    public bool IsForbidden => statusCode == HttpStatusCode.Forbidden;

    /// <summary>The credentials are missing, expired or wrong.</summary>
    public bool IsUnauthorized => statusCode == HttpStatusCode.Unauthorized;

    /// <summary>The object breaks a rule of its kind; <see cref="V1StatusDetails.Causes"/> names the fields.</summary>
    public bool IsInvalid => statusCode == HttpStatusCode.UnprocessableEntity;

    /// <summary>The server has too much to do.</summary>
    public bool IsTooManyRequests => statusCode == HttpStatusCode.TooManyRequests;
}
