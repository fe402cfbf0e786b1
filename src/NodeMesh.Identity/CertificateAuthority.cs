using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodeMesh.Model;

namespace NodeMesh.Identity;

/// <summary>
/// The mesh's CA: one root signs, and several may be trusted while roots rotate; or an operator's intermediate signs, and the operator says which roots are
/// trusted. Safe for concurrent use.
/// </summary>
public sealed class CertificateAuthority : IDisposable
{
    // Clocks of nodes may be behind the control plane's by this much.
    private static readonly TimeSpan Backdate = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private ImmutableArray<X509Certificate2> _retired;
    private AuthorityKeyPair _active;
    private AuthorityKeyPair? _next;
    private TrustBundle? _operators;
    private volatile TrustBundle _bundle;
    private volatile string _rootsPem;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal CertificateAuthority(
        string trustDomain, AuthorityKeyPair active, AuthorityKeyPair? next, ImmutableArray<X509Certificate2> retired, TrustBundle? operators, TimeProvider time)
    {
        TrustDomain = trustDomain;
        _active = active;
        _next = next;
        _retired = retired;
        _operators = operators;
        _time = time;
        _bundle = MakeBundle();
        _rootsPem = _bundle.ToPem();
    }

    /// <summary>The trust domain that it signs for.</summary>
    public string TrustDomain { get; }

    /// <summary>All roots that the mesh trusts: the active one first.</summary>
    public TrustBundle Bundle => _bundle;

    /// <summary>Ends when roots or what signs have changed since it was asked for.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>Makes a CA with a new self-signed root: ECDSA P-256, ten years.</summary>
    /// <param name="trustDomain">The trust domain.</param>
    /// <param name="time">The clock of validity.</param>
    /// <returns>The CA; nothing is written yet.</returns>
    /// <exception cref="ArgumentException">The trust domain is not one.</exception>
    public static CertificateAuthority Create(string trustDomain, TimeProvider time)
    {
        _ = new SpiffeId(trustDomain, "ns", "sa");
        return new CertificateAuthority(trustDomain, AuthorityKeyPair.CreateRoot(trustDomain, time.GetUtcNow()), null, [], null, time);
    }

    /// <summary>The names of the files that a CA is read from; not all have to be there.</summary>
    public static ImmutableArray<string> FileNames => AuthorityFiles.Names;

    /// <summary>Reads a CA that <see cref="Save"/> wrote, or an operator's own: <c>ca-cert.pem</c>, <c>ca-key.pem</c>, <c>root-cert.pem</c> and, where the certificate is not a root, <c>cert-chain.pem</c>.</summary>
    /// <param name="files">The files' texts, by name.</param>
    /// <param name="place">Says for an error where a file is.</param>
    /// <param name="trustDomain">The trust domain that it must be for.</param>
    /// <param name="time">The clock of validity.</param>
    /// <returns>The CA.</returns>
    /// <exception cref="CertificateAuthorityException">It cannot be used; the message names the file and says what to do.</exception>
    public static CertificateAuthority Read(IReadOnlyDictionary<string, string> files, Func<string, string> place, string trustDomain, TimeProvider time) =>
        new AuthorityFiles(files, place, trustDomain, time).Read();

    /// <summary>Reads a CA from files of a directory, as <see cref="Read"/> does.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="trustDomain">The trust domain that it must be for.</param>
    /// <param name="time">The clock of validity.</param>
    /// <returns>The CA.</returns>
    /// <exception cref="CertificateAuthorityException">A file is missing or broken, key and certificate differ, or it is for another trust domain.</exception>
    public static CertificateAuthority Load(string directory, string trustDomain, TimeProvider time) => AuthorityDirectory.Load(directory, trustDomain, time);

    /// <summary>Reads the CA of a directory, or makes one there if it has none.</summary>
    /// <param name="directory">The directory; made if missing.</param>
    /// <param name="trustDomain">The trust domain.</param>
    /// <param name="time">The clock of validity.</param>
    /// <returns>The CA.</returns>
    /// <exception cref="CertificateAuthorityException">What is there cannot be used.</exception>
    public static CertificateAuthority LoadOrCreate(string directory, string trustDomain, TimeProvider time)
    {
        if (AuthorityDirectory.Exists(directory))
        {
            return Load(directory, trustDomain, time);
        }

        var authority = Create(trustDomain, time);
        authority.Save(directory);
        return authority;
    }

    /// <summary>Writes the CA: <c>root.pem</c>, <c>root-key.pem</c> (mode 0600), <c>roots.pem</c> (all trusted roots), and <c>next-root.pem</c>, <c>next-root-key.pem</c> while a root waits for its turn. Files are replaced atomically.</summary>
    /// <param name="directory">The directory; made with mode 0700 if missing.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="InvalidOperationException">It is an operator's.</exception>
    public void Save(string directory)
    {
        lock (_gate)
        {
            RequireOwnRoots();
            AuthorityDirectory.Save(directory, _active, _next, _rootsPem);
        }
    }

    /// <summary>First step of a rotation: a new root is trusted but does not sign yet, so that every proxy learns it before it meets its signature. Does nothing while one waits already.</summary>
    public void AddRoot()
    {
        lock (_gate)
        {
            RequireOwnRoots();
            _next ??= AuthorityKeyPair.CreateRoot(TrustDomain, _time.GetUtcNow());
            Publish();
        }
    }

    /// <summary>Second step: the added root (a new one if none was added) signs from now on; the old one stays trusted and its key is dropped.</summary>
    public void Rotate()
    {
        lock (_gate)
        {
            RequireOwnRoots();
            _retired = _retired.Add(_active.Certificate);
            _active.Dispose();
            _active = _next ?? AuthorityKeyPair.CreateRoot(TrustDomain, _time.GetUtcNow());
            _next = null;
            Publish();
        }
    }

    /// <summary>Last step: roots that no longer sign are no longer trusted. To be done when the last certificate that they signed has expired.</summary>
    public void RetireRoots()
    {
        lock (_gate)
        {
            _retired = [];
            Publish();
        }
    }

    /// <summary>Trusts roots beside its own, until <see cref="RetireRoots"/>.</summary>
    /// <param name="roots">The roots.</param>
    public void Trust(TrustBundle roots)
    {
        ArgumentNullException.ThrowIfNull(roots);
        lock (_gate)
        {
            _retired = [.. _retired, .. roots.Roots];
            Publish();
        }
    }

    /// <summary>Becomes another CA, whose keys are taken over: certificates are signed by it from now on, and its roots are trusted.</summary>
    /// <param name="other">The other CA, of the same trust domain; not to be used or disposed afterwards.</param>
    public void Become(CertificateAuthority other)
    {
        ArgumentNullException.ThrowIfNull(other);
        ArgumentOutOfRangeException.ThrowIfNotEqual(other.TrustDomain, TrustDomain, nameof(other));
        lock (_gate)
        {
            var (active, next) = (_active, _next);
            (_active, _next, _retired, _operators) = (other._active, other._next, other._retired, other._operators);
            active.Dispose();
            next?.Dispose();
            Publish();
        }
    }

    /// <summary>Signs a workload's request. Only the request's key is used; names and lifetime are the caller's choice.</summary>
    /// <param name="csrPem">The PKCS #10 request in PEM.</param>
    /// <param name="uris">The URIs to certify: SPIFFE identities of the trust domain.</param>
    /// <param name="lifetime">The lifetime from now; cut at the root's end.</param>
    /// <returns>The leaf and the roots.</returns>
    /// <exception cref="CertificateSigningException">The request is bad, or a URI or the lifetime cannot be certified.</exception>
    public SignedCertificate Sign(string csrPem, IReadOnlyList<string> uris, TimeSpan lifetime) => Sign(SigningRequestKey.Verify(csrPem), uris, lifetime);

    /// <summary>Signs a workload's key.</summary>
    /// <param name="key">The key: ECDSA on P-256 or P-384.</param>
    /// <param name="uris">The URIs to certify: SPIFFE identities of the trust domain.</param>
    /// <param name="lifetime">The lifetime from now; cut at the root's end.</param>
    /// <returns>The leaf and the roots.</returns>
    /// <exception cref="CertificateSigningException">The key, a URI or the lifetime cannot be certified.</exception>
    public SignedCertificate Sign(PublicKey key, IReadOnlyList<string> uris, TimeSpan lifetime)
    {
        SigningRequestKey.RequireSupported(key);
        if (uris.Count == 0)
        {
            throw new CertificateSigningException(CertificateSigningReason.InvalidArgument, "a workload's certificate needs a SPIFFE URI");
        }

        foreach (var uri in uris)
        {
            RequireOwn(uri);
        }

        var (leaf, signer) = Issue(new CertificateRequest(new X500DistinguishedName(""), key, HashAlgorithmName.SHA256), SubjectNames.Create(uris, critical: true), lifetime, clientToo: true);
        using (leaf)
        {
            return new SignedCertificate([leaf.ExportCertificatePem(), .. signer.ChainPem], _rootsPem);
        }
    }

    /// <summary>Makes a key and a certificate for a server that is known by DNS names and addresses: the control plane's own TLS.</summary>
    /// <param name="dnsNames">DNS names.</param>
    /// <param name="addresses">IP addresses.</param>
    /// <param name="lifetime">The lifetime from now; cut at the root's end.</param>
    /// <param name="chain">The intermediates that are to be shown with it, nearest first.</param>
    /// <returns>The certificate with its key.</returns>
    /// <exception cref="CertificateSigningException">There is no name, or the lifetime is not positive.</exception>
    public X509Certificate2 IssueServerCertificate(IReadOnlyList<string> dnsNames, IReadOnlyList<IPAddress> addresses, TimeSpan lifetime, out ImmutableArray<X509Certificate2> chain)
    {
        if (dnsNames.Count + addresses.Count == 0)
        {
            throw new CertificateSigningException(CertificateSigningReason.InvalidArgument, "a server's certificate needs a DNS name or an address");
        }

        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in dnsNames)
        {
            names.AddDnsName(name);
        }

        foreach (var address in addresses)
        {
            names.AddIpAddress(address);
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (leaf, signer) = Issue(new CertificateRequest(new X500DistinguishedName(""), key, HashAlgorithmName.SHA256), names.Build(critical: true), lifetime, clientToo: false);
        using (leaf)
        {
            chain = signer.Chain;
            return leaf.CopyWithPrivateKey(key);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _active.Dispose();
            _next?.Dispose();
        }
    }

    private void RequireOwn(string uri)
    {
        var domain = SpiffeId.TryParse(uri, out var id) ? id.TrustDomain : NodeId.TryParse(uri, out var node) ? node.TrustDomain : null;
        if (!string.Equals(domain, TrustDomain, StringComparison.Ordinal))
        {
            throw new CertificateSigningException(CertificateSigningReason.InvalidArgument, $"'{uri}' is not a SPIFFE identity of the trust domain '{TrustDomain}'");
        }
    }

    private void RequireOwnRoots()
    {
        if (_operators is not null)
        {
            throw new InvalidOperationException("the CA is the operator's, who rotates it by giving other files");
        }
    }

    private (X509Certificate2 Leaf, AuthorityKeyPair Signer) Issue(CertificateRequest request, X509Extension names, TimeSpan lifetime, bool clientToo)
    {
        if (lifetime <= TimeSpan.Zero)
        {
            throw new CertificateSigningException(CertificateSigningReason.InvalidArgument, $"the lifetime {lifetime} is not positive");
        }

        OidCollection usages = [new("1.3.6.1.5.5.7.3.1")];
        if (clientToo)
        {
            usages.Add(new Oid("1.3.6.1.5.5.7.3.2"));
        }

        var now = _time.GetUtcNow();

        // ECDSA objects and the active root are not safe for concurrent use; signing takes well under a millisecond.
        lock (_gate)
        {
            var rootEnd = _active.NotAfter;
            if (rootEnd <= now)
            {
                throw new CertificateSigningException(CertificateSigningReason.Unavailable, $"the CA's certificate expired at {rootEnd:O}: rotate it");
            }

            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(usages, critical: false));
            request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
            request.CertificateExtensions.Add(_active.AuthorityKeyIdentifier);

            // The subject is empty, so the alternative names are critical (RFC 5280 section 4.2.1.6).
            request.CertificateExtensions.Add(names);
            var end = lifetime < rootEnd - now ? now + lifetime : rootEnd;
            return (request.Create(_active.Certificate.SubjectName, _active.CreateGenerator(), now - Backdate, end, SerialNumbers.Next()), _active);
        }
    }

    private void Publish()
    {
        _bundle = MakeBundle();
        _rootsPem = _bundle.ToPem();
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private TrustBundle MakeBundle()
    {
        IEnumerable<X509Certificate2> roots = [.. _operators?.Roots ?? [_active.Certificate], .. _retired];
        return TrustBundle.FromCertificates(_next is null ? roots : roots.Append(_next.Certificate));
    }
}
