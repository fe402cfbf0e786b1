using System.Security.Authentication;

namespace NodeMesh.Kubernetes.Http;

/// <summary>Why the API server's certificate is not taken.</summary>
internal sealed class ServerCertificateException(string message) : AuthenticationException(message);
