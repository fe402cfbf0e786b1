namespace NodeMesh.Grpc;

/// <summary>gRPC's status codes (grpc/grpc, <c>statuscodes.md</c>); the numbers travel in <c>grpc-status</c>.</summary>
public enum GrpcStatusCode
{
    /// <summary>Success.</summary>
    Ok = 0,

    /// <summary>The caller gave up.</summary>
    Cancelled = 1,

    /// <summary>An error that nobody classified.</summary>
    Unknown = 2,

    /// <summary>The request makes no sense, whatever the state of the server.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed first.</summary>
    DeadlineExceeded = 4,

    /// <summary>There is no such thing.</summary>
    NotFound = 5,

    /// <summary>It is there already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and may not.</summary>
    PermissionDenied = 7,

    /// <summary>A quota or a size limit was hit.</summary>
    ResourceExhausted = 8,

    /// <summary>The server's state does not allow it.</summary>
    FailedPrecondition = 9,

    /// <summary>A conflict; retry at a higher level.</summary>
    Aborted = 10,

    /// <summary>Past the valid range.</summary>
    OutOfRange = 11,

    /// <summary>No such method, or a feature that the server lacks.</summary>
    Unimplemented = 12,

    /// <summary>A broken invariant or a broken wire format.</summary>
    Internal = 13,

    /// <summary>The server cannot be reached now; retry with back-off.</summary>
    Unavailable = 14,

    /// <summary>Data was lost.</summary>
    DataLoss = 15,

    /// <summary>The caller is not known.</summary>
    Unauthenticated = 16,
}
