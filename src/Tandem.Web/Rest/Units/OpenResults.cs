using Tandem.Editing;
using Tandem.Tables;

namespace Tandem.Web.Rest.Units;

/// <summary>Tells answers that say nothing against a write from those that do.</summary>
internal static class OpenResults
{
    /// <summary>Whether a trial ended before it came to this write.</summary>
    public static bool IsUnchecked(SaveResult? result) => result is SaveResult.Rejected { Errors: [var error] } && error == OpenAnswers.Unchecked;

    /// <summary>Whether nothing stands against this write itself, as far as anybody knows.</summary>
    public static bool IsOpen(SaveResult? result) => IsUnchecked(result) || (result is SaveResult.Rejected { Errors: [var error] } && error == OpenAnswers.Untried);
}
