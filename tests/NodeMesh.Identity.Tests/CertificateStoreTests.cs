using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Model;
using NodeMesh.Testing;

namespace NodeMesh.Identity.Tests;

public sealed class CertificateStoreTests : IAsyncDisposable
{
    private static readonly SpiffeId Web = Certificates.Web;

    private readonly ManualTimeProvider _time = new();
    private readonly CertificateAuthority _authority;
    private readonly FakeSigner _signer;
    private readonly CertificateStore _store;

    public CertificateStoreTests()
    {
        _authority = CertificateAuthority.Create("cluster.local", _time);
        _signer = new FakeSigner(_authority);
        _store = NewStore(new CertificateStoreOptions());
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _authority.Dispose();
    }

    [Fact]
    public async Task Get_AddedIdentity_WaitsForTheFirstAndThenReturnsTheSame()
    {
        _store.Add(Web);
        var certificate = await _store.GetAsync(Web, CancellationToken.None);
        Assert.Equal([Web.ToString()], certificate.Uris);
        Assert.Equal(_time.GetUtcNow().AddHours(24), certificate.NotAfter);
        Assert.True(certificate.Leaf.HasPrivateKey);
        Assert.Same(certificate, await _store.GetAsync(Web, CancellationToken.None));
        Assert.Single(_signer.Requests);
        Assert.True(_store.Bundle!.HasSameRoots(_authority.Bundle));
    }

    [Fact]
    public async Task Get_IdentityWithNodeUri_CarriesBoth()
    {
        const string node = "spiffe://cluster.local/node/node-1";
        _signer.OtherUris = [node];
        _store.Add(Web, node);
        var certificate = await _store.GetAsync(Web, CancellationToken.None);
        Assert.Equal([Web.ToString(), node], certificate.Uris);
        Assert.Equal("node-1", certificate.Bundle.Verify(certificate.Leaf, [], _time.GetUtcNow(), PeerUsage.Server).Node?.Node);
    }

    [Fact]
    public async Task Get_IdentityNobodyAdded_Fails() =>
        Assert.Equal(CertificateUnavailableReason.UnknownIdentity, (await UnavailableAsync(Web)).Reason);

    [Fact]
    public async Task Remove_LastReference_DropsTheIdentity()
    {
        _store.Add(Web);
        _store.Add(Web);
        await _store.GetAsync(Web, CancellationToken.None);
        _store.Remove(Web);
        Assert.Equal(1, Assert.Single(_store.Snapshot()).References);
        Assert.NotNull(await _store.GetAsync(Web, CancellationToken.None));
        _store.Remove(Web);
        _store.Remove(Web);
        Assert.Empty(_store.Snapshot());
        Assert.Equal(CertificateUnavailableReason.UnknownIdentity, (await UnavailableAsync(Web)).Reason);
    }

    [Fact]
    public async Task Remove_WhileAConnectionWaits_TellsItAtOnce()
    {
        _signer.Before = (_, ct) => Task.Delay(Timeout.Infinite, ct);
        _store.Add(Web);
        var waiting = UnavailableAsync(Web);
        await UntilAsync(() => !_signer.Requests.IsEmpty);
        _store.Remove(Web);
        Assert.Equal(CertificateUnavailableReason.UnknownIdentity, (await waiting).Reason);
    }

    [Fact]
    public async Task Get_SilentAuthority_TimesOutNamingTheCause()
    {
        _signer.Before = (_, ct) => Task.Delay(Timeout.Infinite, ct);
        _store.Add(Web);
        var waiting = UnavailableAsync(Web);
        await UntilAsync(() => !_signer.Requests.IsEmpty);
        _time.Advance(TimeSpan.FromSeconds(5));
        var error = await waiting;
        Assert.Equal(CertificateUnavailableReason.TimedOut, error.Reason);
        Assert.Contains("has not answered", error.Message, StringComparison.Ordinal);

        // The request itself is given up later, so that a hanging call does not keep its slot for ever.
        _time.Advance(TimeSpan.FromSeconds(5));
        await UntilAsync(() => Status().LastError?.Contains("did not answer", StringComparison.Ordinal) == true);
        Assert.Equal(CertificateState.Unavailable, Status().State);
    }

    [Fact]
    public async Task Get_RefusedIdentity_NamesTheRefusalAndRetriesWithBackoff()
    {
        _signer.Before = (_, _) => throw new CertificateSigningException(CertificateSigningReason.Refused, "not a pod of this node");
        _store.Add(Web);
        TimeSpan[] expected = [TimeSpan.FromSeconds(0.75), .. new[] { 2, 4, 8, 16, 32, 64, 128, 150, 150 }.Select(s => TimeSpan.FromSeconds(s))];
        for (var attempt = 1; attempt <= expected.Length; attempt++)
        {
            await UntilAsync(() => Status().NextAttempt is not null && Status().Failures == attempt);
            Assert.Equal(_time.GetUtcNow() + expected[attempt - 1], Status().NextAttempt);
            if (attempt == 5)
            {
                // The next attempt is further away than anybody waits: the answer comes at once, with the clock standing still.
                Assert.Contains("not a pod of this node", (await UnavailableAsync(Web)).Message, StringComparison.Ordinal);
            }

            _time.Advance(expected[attempt - 1]);
        }

        await UntilAsync(() => Status().NextAttempt is not null);
        _signer.Before = (_, _) => Task.CompletedTask;
        _store.RetryFailed();
        await UntilAsync(() => Status().State == CertificateState.Available);
        Assert.Null(Status().LastError);
        Assert.Equal(0, Status().Failures);
    }

    [Fact]
    public async Task Renewal_AtHalfLife_ReplacesCertificateAndKey()
    {
        _store.Add(Web);
        var first = await _store.GetAsync(Web, CancellationToken.None);
        await UntilAsync(() => Status().NextAttempt is not null);
        Assert.Equal(_time.GetUtcNow().AddHours(12), Status().NextAttempt);
        _time.Advance(TimeSpan.FromHours(12));
        await UntilAsync(() => Status().SerialNumber != first.SerialNumber);
        var second = await _store.GetAsync(Web, CancellationToken.None);
        Assert.NotEqual(first.Leaf.GetPublicKeyString(), second.Leaf.GetPublicKeyString());
    }

    [Fact]
    public async Task Renewal_Failing_KeepsTheOldUntilItExpiresAndNotLonger()
    {
        _store.Add(Web);
        var first = await _store.GetAsync(Web, CancellationToken.None);
        await UntilAsync(() => Status().NextAttempt is not null);
        _signer.Before = (_, _) => throw new CertificateSigningException(CertificateSigningReason.Unavailable, "connection refused");
        _time.Advance(TimeSpan.FromHours(12));
        await UntilAsync(() => Status() is { Failures: 1, NextAttempt: not null });
        Assert.Same(first, await _store.GetAsync(Web, CancellationToken.None));
        Assert.Equal(CertificateState.Available, Status().State);
        Assert.Equal("connection refused", Status().LastError);

        _time.Advance(TimeSpan.FromHours(12));
        await UntilAsync(() => Status() is { Failures: > 1, NextAttempt: not null });
        var waiting = UnavailableAsync(Web);
        await AdvanceUntilAsync(() => waiting.IsCompleted);
        Assert.Contains("connection refused", (await waiting).Message, StringComparison.Ordinal);
        Assert.Equal(CertificateState.Unavailable, Status().State);
        Assert.Null(Status().SerialNumber);
    }

    [Fact]
    public async Task Renewal_WithRotatedRoots_CountsForEveryCertificateAtOnce()
    {
        _store.Add(Web);
        _store.Add(Certificates.Cart);
        var web = await _store.GetAsync(Web, CancellationToken.None);
        await _store.GetAsync(Certificates.Cart, CancellationToken.None);
        await UntilAsync(() => _store.Snapshot().All(s => s.NextAttempt is not null));
        _authority.AddRoot();
        _store.Remove(Web);
        Assert.Single(web.Bundle.Roots);
        _time.Advance(TimeSpan.FromHours(12));
        await UntilAsync(() => web.Bundle.Roots.Length == 2);
    }

    [Theory]
    [InlineData("other identity")]
    [InlineData("other key")]
    [InlineData("other roots")]
    [InlineData("expired")]
    [InlineData("empty")]
    [InlineData("garbage")]
    [InlineData("more uris")]
    public async Task Get_AnswerThatWasNotAskedFor_IsNotTaken(string fault)
    {
        using var foreign = CertificateAuthority.Create("cluster.local", _time);
        var other = Certificates.Issue(_authority, Web);
        _signer.Answer = request => fault switch
        {
            "other identity" => _authority.Sign(request.CsrPem, [Certificates.Cart.ToString()], request.Lifetime),
            "other key" => new SignedCertificate([other.Leaf.ExportCertificatePem()], _authority.Bundle.ToPem()),
            "other roots" => _authority.Sign(request.CsrPem, [Web.ToString()], request.Lifetime) with { RootsPem = foreign.Bundle.ToPem() },
            "expired" => Expired(request),
            "empty" => new SignedCertificate([], _authority.Bundle.ToPem()),
            "garbage" => new SignedCertificate(["x"], "y"),
            _ => _authority.Sign(request.CsrPem, [Web.ToString(), "spiffe://cluster.local/node/node-1"], request.Lifetime),
        };
        _store.Add(Web);
        await UntilAsync(() => Status().Failures > 0);
        Assert.Contains("the CA's ", Status().LastError, StringComparison.Ordinal);
        Assert.Equal(CertificateState.Unavailable, Status().State);
        Assert.Null(_store.Bundle);
    }

    [Fact]
    public async Task Requests_MoreThanSlots_GoByUrgency()
    {
        await using var store = NewStore(new CertificateStoreOptions { MaxConcurrentRequests = 1, RequestTimeout = TimeSpan.FromHours(1) });
        var order = new ConcurrentQueue<string>();
        var first = new TaskCompletionSource();
        _signer.Before = async (request, _) =>
        {
            order.Enqueue(request.Identity.ServiceAccount);
            await first.Task;
        };
        store.Add(Id("first"));
        await UntilAsync(() => order.Count == 1);
        store.Add(Id("warm"));
        await UntilAsync(() => store.WaitingRequests == 1);
        store.Add(Id("urgent"));
        await UntilAsync(() => store.WaitingRequests == 2);
        var urgent = store.GetAsync(Id("urgent"), CancellationToken.None).AsTask();
        first.SetResult();
        await urgent;
        await store.GetAsync(Id("warm"), CancellationToken.None);
        Assert.Equal(["first", "urgent", "warm"], order);
        Assert.Equal(1, _signer.MaxConcurrent);
    }

    [Fact]
    public async Task Requests_Many_NeverMoreThanEightAtOnce()
    {
        var release = new TaskCompletionSource();
        _signer.Before = (_, _) => release.Task;
        for (var i = 0; i < 40; i++)
        {
            _store.Add(Id($"sa-{i}"));
        }

        await UntilAsync(() => _signer.Requests.Count == 8);
        release.SetResult();
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => _store.GetAsync(Id($"sa-{i}"), CancellationToken.None).AsTask()));
        Assert.Equal(8, _signer.MaxConcurrent);
    }

    [Fact]
    public async Task Dispose_WhileWaiting_EndsTheWait()
    {
        var store = NewStore(new CertificateStoreOptions());
        _signer.Before = (_, ct) => Task.Delay(Timeout.Infinite, ct);
        store.Add(Web);
        var waiting = Assert.ThrowsAsync<CertificateUnavailableException>(() => store.GetAsync(Web, CancellationToken.None).AsTask());
        await UntilAsync(() => !_signer.Requests.IsEmpty);
        await store.DisposeAsync();
        Assert.Equal(CertificateUnavailableReason.Stopped, (await waiting).Reason);
        Assert.Throws<ObjectDisposedException>(() => store.Add(Web));
    }

    private static SpiffeId Id(string account) => new("cluster.local", "shop", account);

    private CertificateStore NewStore(CertificateStoreOptions options) => new(_signer, options, _time, NullLoggerFactory.Instance, () => 0.5);

    private CertificateStatus Status() => Assert.Single(_store.Snapshot());

    private async Task<CertificateUnavailableException> UnavailableAsync(SpiffeId identity) =>
        await Assert.ThrowsAsync<CertificateUnavailableException>(() => _store.GetAsync(identity, CancellationToken.None).AsTask());

    private SignedCertificate Expired(CertificateSigningRequest request)
    {
        var answer = _authority.Sign(request.CsrPem, [Web.ToString()], TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromMinutes(1));
        return answer;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            await Task.Delay(5, deadline.Token);
        }
    }

    private async Task AdvanceUntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, deadline.Token);
        }
    }
}
