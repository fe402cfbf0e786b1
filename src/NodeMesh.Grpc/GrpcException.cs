namespace NodeMesh.Grpc;

/// <summary>A call that ended with a status other than OK. Thrown by a client; thrown inside a server's handler it becomes the call's status.</summary>
public sealed class GrpcException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="code">The status.</param>
    /// <param name="detail">What happened, for people; travels in <c>grpc-message</c>.</param>
    public GrpcException(GrpcStatusCode code, string detail)
        : this(code, detail, null)
    {
    }

    /// <summary>Makes the error with its cause.</summary>
    /// <param name="code">The status.</param>
    /// <param name="detail">What happened, for people; travels in <c>grpc-message</c>.</param>
    /// <param name="innerException">The cause, which never travels.</param>
    public GrpcException(GrpcStatusCode code, string detail, Exception? innerException)
        : base($"{code}: {detail}", innerException)
    {
        Code = code;
        Detail = detail;
    }

    /// <summary>The status.</summary>
    public GrpcStatusCode Code { get; }

    /// <summary>What happened.</summary>
    public string Detail { get; }
}
