using Microsoft.AspNetCore.Http;
using Tandem.Editing;
using Tandem.Records;

namespace Tandem.Web.Rest;

/// <summary>Ends a request with a problem. Its text is meant for the caller.</summary>
internal sealed class ApiProblemException(int status, string detail) : Exception(detail)
{
    public int Status { get; } = status;

    /// <summary>What is wrong with single fields, or null.</summary>
    public IReadOnlyList<FieldError>? Errors { get; private init; }

    /// <summary>Fields changed on both sides, or null.</summary>
    public IReadOnlyList<Conflict>? Conflicts { get; private init; }

    /// <summary>A header that goes with the problem, such as Allow.</summary>
    public (string Name, string Value)? Header { get; init; }

    public static ApiProblemException BadRequest(string detail) => new(StatusCodes.Status400BadRequest, detail);

    public static ApiProblemException Forbidden(string detail) => new(StatusCodes.Status403Forbidden, detail);

    public static ApiProblemException NotFound(string detail) => new(StatusCodes.Status404NotFound, detail);

    public static ApiProblemException Changed() =>
        new(StatusCodes.Status412PreconditionFailed, "The record changed since its ETag was given. Read it again and repeat the change.");

    public static ApiProblemException Refused(IReadOnlyList<FieldError> errors) =>
        new(StatusCodes.Status422UnprocessableEntity, string.Join(' ', errors.Select(e => e.Message))) { Errors = errors };

    public static ApiProblemException Conflict(IReadOnlyList<Conflict> conflicts) =>
        new(StatusCodes.Status409Conflict, "Somebody changed the same fields to other values; nothing was stored. Decide for each conflict and send it again with 'theirs' as the new base.") { Conflicts = conflicts };

    public static ApiProblemException Locked(FieldError obstacle) =>
        new(StatusCodes.Status423Locked, obstacle.Message) { Errors = [obstacle] };

    public static ApiProblemException MethodNotAllowed(string allowed) =>
        new(StatusCodes.Status405MethodNotAllowed, $"This address answers {allowed} only.") { Header = ("Allow", allowed) };
}
