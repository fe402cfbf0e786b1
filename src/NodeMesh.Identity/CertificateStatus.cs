using System.Collections.Immutable;
using NodeMesh.Model;

namespace NodeMesh.Identity;

/// <summary>What a store holds for one identity, for the admin page.</summary>
/// <param name="Identity">Whose.</param>
/// <param name="Uris">The URIs that its certificates carry.</param>
/// <param name="State">Where it stands.</param>
/// <param name="References">How many times it was added and not removed.</param>
/// <param name="SerialNumber">The certificate's serial number in hexadecimal; null without one.</param>
/// <param name="NotBefore">The beginning of validity; null without one.</param>
/// <param name="NotAfter">The end of validity; null without one.</param>
/// <param name="NextAttempt">When the next request is made; null while one is under way.</param>
/// <param name="Failures">Failed attempts since the last success.</param>
/// <param name="LastError">What the last attempt failed with; null after a success.</param>
/// <param name="CertificatePem">The leaf; null without one.</param>
/// <param name="RootSerialNumbers">Serial numbers of the roots trusted.</param>
public sealed record CertificateStatus(
    SpiffeId Identity,
    ImmutableArray<string> Uris,
    CertificateState State,
    int References,
    string? SerialNumber,
    DateTimeOffset? NotBefore,
    DateTimeOffset? NotAfter,
    DateTimeOffset? NextAttempt,
    int Failures,
    string? LastError,
    string? CertificatePem,
    ImmutableArray<string> RootSerialNumbers);
