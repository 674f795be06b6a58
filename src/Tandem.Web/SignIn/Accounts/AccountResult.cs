using Tandem.Records;

namespace Tandem.Web.SignIn.Accounts;

/// <summary>What became of a change to accounts.</summary>
internal abstract record AccountResult
{
    private AccountResult()
    {
    }

    /// <summary>It is done.</summary>
    public sealed record Done : AccountResult
    {
        /// <summary>A token or a code that is shown this once; null where there is none.</summary>
        public string? Secret { get; init; }

        /// <summary>What was made, by its key; null where nothing was.</summary>
        public string? Id { get; init; }
    }

    /// <summary>There is nothing of that name.</summary>
    public sealed record Unknown(string Message) : AccountResult;

    /// <summary>The values were refused, or things stay as they are; each error says the remedy.</summary>
    public sealed record Refused(IReadOnlyList<FieldError> Errors) : AccountResult
    {
        public Refused(string field, string message)
            : this([new FieldError(field, message)])
        {
        }

        public string Message => string.Join(" ", Errors.Select(e => e.Message));
    }
}
