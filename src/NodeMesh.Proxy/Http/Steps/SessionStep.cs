using System.Globalization;
using Microsoft.AspNetCore.Http;
using NodeMesh.Model.Routing;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Http.Steps;

/// <summary>
/// Keeps the requests of a session on one endpoint: the client is given a token, as a cookie or header, and brings it along. An endpoint that cannot be used
/// any more is replaced, and the client told. A backend whose weight is 0 keeps the sessions that it has.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class SessionStep(TimeProvider time) : IRequestStep
{
    /// <inheritdoc/>
    public Task InvokeAsync(MeshRequest request, RequestHandler next)
    {
        if (request.Rule is { Session: { } session } rule)
        {
            var now = (uint)time.GetUtcNow().ToUnixTimeSeconds();
            var known = Find(request, rule, session, now);
            request.BeforeResponse.Add(answered => Tell(answered, session, known, now));
        }

        return next(request);
    }

    private static SessionToken? Find(MeshRequest request, HttpRule rule, SessionPersistence session, uint now)
    {
        var text = session.InHeader ? request.FindHeader(session.Name) : RequestCookie.Find(request, session.Name);
        if (!SessionToken.TryParse(text, out var token) || token.IsOver(session, now))
        {
            return null;
        }

        foreach (var backend in rule.Backends)
        {
            if (backend.Fault == BackendFault.None && SessionToken.KeyOf(backend) == token.Backend)
            {
                request.Backend = backend;
                request.SessionEndpoint = token.Endpoint;
                return token;
            }
        }

        return null;
    }

    private static void Tell(MeshRequest request, SessionPersistence session, SessionToken? known, uint now)
    {
        if (request is not { Endpoint: { } endpoint, Backend: { } backend })
        {
            // The proxy answers itself: there is nothing to come back to.
            return;
        }

        var stays = known is { } old && old.Endpoint == endpoint.Key;
        if (stays && session.IdleTimeout is null)
        {
            return;
        }

        var token = new SessionToken(SessionToken.KeyOf(backend), endpoint.Key, stays ? known!.Value.Created : now, now);
        var headers = request.Http.Response.Headers;
        if (session.InHeader)
        {
            headers[session.Name] = token.ToString();
            return;
        }

        var age = session is { PermanentCookie: true, AbsoluteTimeout: { } limit }
            ? string.Create(CultureInfo.InvariantCulture, $"; Max-Age={Math.Max(1, (long)limit.TotalSeconds - (now - token.Created))}")
            : "";
        headers.Append("set-cookie", $"{session.Name}={token}; Path={session.CookiePath}{age}; HttpOnly; SameSite=Strict");
    }
}
