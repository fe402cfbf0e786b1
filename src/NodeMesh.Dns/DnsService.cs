namespace NodeMesh.Dns;

/// <summary>A resolver in front of upstream: a <see cref="DnsHandler"/> for one kind of client.</summary>
/// <param name="resolver">Answers what it knows.</param>
/// <param name="forwarder">Asked for the rest.</param>
/// <param name="client">Says who asks.</param>
/// <param name="observer">Told how each question was answered; null for nobody.</param>
public sealed class DnsService(DnsResolver resolver, DnsForwarder forwarder, Func<DnsRequest, DnsClient> client, IDnsObserver? observer = null)
{
    /// <summary>Answers a question.</summary>
    /// <param name="request">The question.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The answer: ours, or upstream's bytes unchanged; SERVFAIL where upstream is silent.</returns>
    public async ValueTask<ReadOnlyMemory<byte>> HandleAsync(DnsRequest request, CancellationToken ct)
    {
        if (request.Message.Edns is { Version: > 0 })
        {
            // BADVERS needs the upper bits of the code, which stand in OPT; a plain refusal makes clients fall back as well.
            return request.Message.Reply(DnsResponseCode.FormatError).ToArray(request.AnswerLimit);
        }

        var answer = resolver.Resolve(request.Question, client(request));
        if (answer is null)
        {
            return await ForwardAsync(request, ct);
        }

        observer?.Answered(request);
        var records = answer.Records;
        if (answer.UnresolvedTarget is { } target)
        {
            try
            {
                var rest = await forwarder.ResolveAsync(new DnsQuestion(target, request.Question.Type), ct);
                records = records.AddRange(rest.Answers);
            }
            catch (DnsUpstreamException e)
            {
                observer?.UpstreamFailed(request, e);
                return request.Message.Reply(DnsResponseCode.ServerFailure).ToArray(request.AnswerLimit);
            }
        }

        return (request.Message.Reply(answer.Code) with { Authoritative = true, Answers = records }).ToArray(request.AnswerLimit);
    }

    private async ValueTask<ReadOnlyMemory<byte>> ForwardAsync(DnsRequest request, CancellationToken ct)
    {
        observer?.Forwarding(request);
        try
        {
            var answer = await forwarder.ForwardAsync(request.Raw, request.Transport, ct);
            observer?.Forwarded(request);
            return answer;
        }
        catch (DnsUpstreamException e)
        {
            observer?.UpstreamFailed(request, e);
            return request.Message.Reply(DnsResponseCode.ServerFailure).ToArray(request.AnswerLimit);
        }
    }
}
