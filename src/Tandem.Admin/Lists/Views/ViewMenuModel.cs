using Tandem.Access;
using Tandem.Schema;

namespace Tandem.Admin.Lists.Views;

/// <summary>The menu of views above a list.</summary>
internal sealed record ViewMenuModel(TableSchema Schema, ListState State, SavedViews Views, string FormToken, User User)
{
    /// <summary>The view the list began from, or null.</summary>
    public SavedView? Current => Views.Views.FirstOrDefault(v => v.Id == State.View);

    /// <summary>Whether the list was changed since it began from a view.</summary>
    public bool IsChanged => Current is { } view && view.Query != State.Kept();

    public bool MayManage(SavedView view) => SavedViews.MayManage(view, User, Views.MayShare);

    public IEnumerable<(string Heading, IEnumerable<SavedView> Views)> Groups =>
        new (string Heading, IEnumerable<SavedView> Views)[]
        {
            ("Mine", Views.Views.Where(v => v.Audience == "mine")),
            ("By role", Views.Views.Where(v => v.Audience == "role")),
            ("Everyone’s", Views.Views.Where(v => v.Audience == "everyone")),
        }.Where(g => g.Views.Any());
}
